'quotes " and \\ and / and \n\t\b\x00\x1f \u2028 é 日本 🐍'

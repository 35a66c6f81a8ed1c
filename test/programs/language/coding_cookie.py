# -*- coding: latin-1 -*-
"ñ stays one character"

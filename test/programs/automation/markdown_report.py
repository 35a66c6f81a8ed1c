rows = [("north", 1250.5, 0.12), ("south", 310, -0.055), ("east", 0, 0)]
lines = ["# Sales", "", "| region | total | change |", "| --- | ---: | ---: |"]
lines += [f"| {name.title()} | {total:,.2f} | {change:+.1%} |" for name, total, change in rows]
lines += ["", f"**Total:** {sum(total for _, total, _ in rows):,.2f}"]
print("\n".join(lines))
"\n".join(lines).count("|")

import ast
import dis

tree = ast.parse("total = price * (1 + tax)")
print(sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}))
print(ast.unparse(ast.parse("x=[i  for i in y if i]")))


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


doubled = ast.fix_missing_locations(Doubler().visit(ast.parse("print(21, 'ab')")))
exec(compile(doubled, "<doubled>", "exec"))
print(ast.literal_eval("{'a': [1, (2, 3)], 'b': None}"))
print(ast.dump(ast.parse("a + 1", mode="eval").body.op))
names = {instruction.opname for instruction in dis.get_instructions("x = 1")}
print("STORE_NAME" in names, compile("1+1", "<x>", "eval").co_filename)
scope = {}
exec("def f(n): return n ** 2", scope)
eval("f(12)", scope)

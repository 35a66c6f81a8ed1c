/** `import a.b, c as d` and `from a.b import c`, wherever they stand in a line. Only a hint: a wrong guess costs time. */
const IMPORTS = /(?:^|[\n;:])[ \t]*(?:import[ \t]+([^\n;#]+)|from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b)/g;

/** Imports stand at the top; the rest of a large program need not be searched. */
const SEARCHED_CHARACTERS = 64 * 1024;

/**
 * Chooses, by a look at the program's import lines, which set of preloaded modules serves it best.
 * @returns the index of the set that has most of what it imports, the smaller of two that have as much; -1: none needed.
 */
export function selectPreload(code: string, sets: readonly (readonly string[])[]): number {
  if (!code.includes('import')) return -1;
  const imported = importedModules(code.slice(0, SEARCHED_CHARACTERS));
  let best = { index: -1, served: 0, size: 0 };
  sets.forEach((set, index) => {
    const served = new Set(set.map(topLevel).filter((module) => imported.has(module))).size;
    const isBetter = served > best.served || (served === best.served && set.length < best.size);
    if (isBetter && served > 0) best = { index, served, size: set.length };
  });
  return best.index;
}

function topLevel(module: string): string {
  return module.trim().split('.', 1)[0] ?? '';
}

function importedModules(code: string): Set<string> {
  const modules = new Set<string>();
  for (const [, list, from] of code.matchAll(IMPORTS)) {
    for (const name of from !== undefined ? [from] : (list ?? '').split(',')) {
      modules.add(topLevel(name.split(' as ', 1)[0] ?? ''));
    }
  }
  return modules;
}

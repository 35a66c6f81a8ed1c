/**
 * Parts of the standard library that take long to import and much memory. In every jail they would make each fork of it
 * dearer, for the sake of few programs: so they are a preload set of their own.
 */
export const LARGE_STANDARD_MODULES = [
  ...['argparse', 'asyncio', 'concurrent.futures.process', 'concurrent.futures.thread', 'email.message', 'hashlib'],
  ...[
    'html',
    'http.client',
    'inspect',
    'logging',
    'multiprocessing.pool',
    'pickle',
    'shutil',
    'socket',
    'sqlite3',
    'ssl',
  ],
  ...['subprocess', 'tempfile', 'unittest', 'urllib.request', 'xml.etree.ElementTree', 'zipfile', 'zoneinfo'],
];

/** Names a set of preloaded modules, in a few letters: `none`, `stdlib`, `numpy+pandas`. */
export function nameOfPreloadSet(modules: readonly string[]): string {
  if (modules.length === 0) return 'none';
  return modules === LARGE_STANDARD_MODULES ? 'stdlib' : modules.join('+');
}

// Imported ahead of the service (NODE_OPTIONS): when it ends, writes the files of all modules that it has loaded, one a line.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

process.on('exit', () => {
  writeFileSync(process.env.LOADED_MODULES_FILE, Object.keys(cache).join('\n'));
});

// Imported ahead of the service (NODE_OPTIONS): when it ends, writes the ids of the jobs that Redis told this process of, one a line.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Redis } = createRequire(import.meta.url)('ioredis');
const emit = Redis.prototype.emit;
const ids = [];

// What any subscription receives, before any of its listeners has had a look.
Redis.prototype.emit = function (event, ...args) {
  if (event === 'message' || event === 'pmessage') ids.push(/"jobId":"([^"]+)"/.exec(args.at(-1))?.[1] ?? 'none');
  return emit.call(this, event, ...args);
};

process.on('exit', () => {
  writeFileSync(process.env.RECEIVED_MESSAGES_FILE, ids.map((id) => `${id}\n`).join(''));
});

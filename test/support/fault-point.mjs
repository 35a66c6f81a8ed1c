// Ends the process by SIGKILL where a test says so: FAULT_POINT=MODULE#CLASS.METHOD@before, or @after the method has resolved.
// Loaded into the service by NODE_OPTIONS=--import, so that the service itself knows nothing of it.
import { createRequire } from 'node:module';

const [, path, className, method, moment] = /^(.+)#(\w+)\.(\w+)@(before|after)$/.exec(process.env.FAULT_POINT);
const { [className]: subject } = createRequire(import.meta.url)(`../../dist/${path}`);
const original = subject.prototype[method];

const die = () => process.kill(process.pid, 'SIGKILL');

subject.prototype[method] = async function (...args) {
  if (moment === 'before') die();
  const result = await original.apply(this, args);
  if (moment === 'after') die();
  return result;
};

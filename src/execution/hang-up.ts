import { type ServerResponse } from 'node:http';

/** Resolves when whoever waits for a response goes away before it has been sent whole; else never. */
export function hangUp(response: ServerResponse): Promise<null> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!response.writableFinished) resolve(null);
    };
    if (response.closed) look();
    else response.once('close', look);
  });
}

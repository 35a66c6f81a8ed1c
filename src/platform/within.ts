/** What a promise comes to, or null when that takes too long. Nothing is heard of it afterwards. */
export async function unlessLate<T>(milliseconds: number, promise: Promise<T>): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    late.resolve(null);
  }, milliseconds);
  return Promise.race([promise, late.promise]).finally(() => {
    clearTimeout(timer);
  });
}

/**
 * What a promise comes to, unless that takes too long.
 * @param what is being waited for, for the error
 * @throws Error when it takes longer
 */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  const arrived = await unlessLate(
    milliseconds,
    promise.then((value) => ({ value })),
  );
  if (arrived === null) throw new Error(`no ${what} within ${milliseconds} ms`);
  return arrived.value;
}

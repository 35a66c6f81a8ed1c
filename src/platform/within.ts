/** What a promise comes to, if it does in time; else rejects. Nothing is heard of it afterwards. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`Not within ${ms} ms`));
  }, ms);
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}

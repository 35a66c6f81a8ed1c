/**
 * What a promise comes to, unless that takes too long. Nothing is heard of it afterwards.
 * @param what is being waited for, for the error
 * @throws Error when it takes longer
 */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no ${what} within ${milliseconds} ms`));
  }, milliseconds);
  return Promise.race([promise, late.promise]).finally(() => {
    clearTimeout(timer);
  });
}

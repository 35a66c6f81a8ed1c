/** How logs, metrics, settings and answers write a name of the code: `queueFull` → `queue_full`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

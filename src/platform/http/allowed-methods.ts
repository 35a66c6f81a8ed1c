/** The part of Express' router that says which routes there are. */
interface RouterLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/**
 * The methods that some route answers for a path, in upper case; empty when there is no such route. Asked only once
 * nothing has matched a request, so that requests that do match pay nothing for it.
 */
export function allowedMethods(express: unknown, path: string): string[] {
  const { router } = express as { router: { stack: RouterLayer[] } };
  const methods = new Set<string>();
  for (const layer of router.stack) {
    if (layer.route === undefined || !layer.match(path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

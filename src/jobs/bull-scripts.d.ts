// Bull has no types for its scripts. Its version is pinned, and a spec runs the one that is used here.
declare module 'bull/lib/scripts/addJob-6' {
  const script: { readonly name: 'addJob'; readonly content: string; readonly keys: number };
  export = script;
}

// Bull has no types for its scripts. Its version is pinned, and specs run those that are used here.
declare module 'bull/lib/scripts/addJob-6' {
  const script: { readonly name: 'addJob'; readonly content: string; readonly keys: number };
  export = script;
}

declare module 'bull/lib/scripts/moveStalledJobsToWait-7' {
  const script: { readonly name: 'moveStalledJobsToWait'; readonly content: string; readonly keys: number };
  export = script;
}

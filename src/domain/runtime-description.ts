/** Something installed that programs can import. */
export interface PythonPackage {
  /** As its makers write it; what is imported are its `modules`. */
  readonly name: string;
  readonly version: string;
  /** Top-level ones, public ones only, in alphabetical order. */
  readonly modules: readonly string[];
}

/** The limits that each job runs under. */
export interface SandboxLimits {
  readonly memoryMebibytes: number;
  readonly processes: number;
  readonly tmpMebibytes: number;
  readonly outputKibibytes: number;
  readonly cpus: number;
}

/** What programs run in. */
export interface RuntimeDescription {
  readonly python: { readonly implementation: string; readonly version: string };
  /** In the order of their names, whatever their case. */
  readonly packages: readonly PythonPackage[];
  readonly limits: SandboxLimits;
  /** The sets of modules that programs find imported already when they import them. */
  readonly preload: readonly (readonly string[])[];
}

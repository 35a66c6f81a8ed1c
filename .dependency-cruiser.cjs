// Imports go one way: each step may import the steps before it, and no neighbour on its own step.
const IMPORT_ORDER = [
  ['domain'],
  ['config'],
  ['platform'],
  ['envelope', 'auth', 'sandbox'],
  ['records'],
  ['webhooks'],
  ['jobs'],
  ['execution'],
  ['health', 'shutdown', 'docs', 'playground', 'admin'],
  // `src/app/` and the files directly in `src/` put everything together: they may import all.
];

const SPECS = '\\.spec\\.ts$';
const inFolders = (folders) => `^src/(${folders.join('|')})/`;

const directionRules = IMPORT_ORDER.flatMap((step, index) =>
  step.map((folder) => ({
    name: `direction-of-${folder}`,
    comment: `src/${folder} may import only what stands before it in the import order, so that a folder can be read, tested and changed without those built on it.`,
    severity: 'error',
    from: { path: inFolders([folder]) },
    to: { path: '^src/', pathNot: inFolders([folder, ...IMPORT_ORDER.slice(0, index).flat()]) },
  })),
);

module.exports = {
  forbidden: [
    ...directionRules,
    {
      name: 'known-folder',
      comment: 'A folder that is not in the import order has no direction: add it to IMPORT_ORDER where it belongs.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: inFolders([...IMPORT_ORDER.flat(), 'app']) },
    },
    {
      name: 'domain-imports-nothing',
      comment: 'The domain says what the product is about: no framework, library or Node module may shape its types.',
      severity: 'error',
      from: { path: inFolders(['domain']), pathNot: SPECS },
      to: { pathNot: inFolders(['domain']) },
    },
    {
      name: 'producer-without-sandbox',
      comment:
        'An instance with ROLE=api only puts jobs into the queue: it must start on a machine where no jail can run.',
      severity: 'error',
      from: { path: ['^src/execution/', '^src/jobs/.*producer'], pathNot: SPECS },
      to: { path: inFolders(['sandbox']), reachable: true },
    },
    {
      name: 'bull-stays-in-jobs',
      comment: 'Bull is in maintenance. While its types stay in one folder, another queue is a change of one folder.',
      severity: 'error',
      // `admin` shows Bull's queues as they are.
      from: { path: '^src/', pathNot: ['^src/jobs/', '^src/webhooks/', '^src/admin/', '^src/app/', '^src/[^/]+$'] },
      to: { path: 'node_modules/(bull|@nestjs/bull|@nestjs/bull-shared)/' },
    },
    {
      name: 'no-cycle',
      comment: 'Files that import each other cannot be understood, tested or loaded one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'specs-are-leaves',
      comment: 'A spec is run, never imported: what specs share belongs in a file of its own.',
      severity: 'error',
      from: {},
      to: { path: '\\.(e2e-)?spec\\.ts$' },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'What is shipped must not need what is not.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPECS },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-dependency-in-src',
      comment: 'The container has no development packages: an import of one fails there, and only there.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPECS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere hides from every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^python-runtime/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

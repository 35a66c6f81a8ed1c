// Nest and a few others ship ES modules only: these are transformed like our own sources.
const ESM_PACKAGES = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'load-esm',
  'request-filtering-agent',
  'eventsource',
  'eventsource-parser',
  '@seriousme',
];

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2024',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join('|')})/)`],
  restoreMocks: true,
};

module.exports = {
  testTimeout: 30_000,
  maxConcurrency: 4,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/bench/*.spec.mjs'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
    // By hand only: scripts/soak.sh.
    { ...shared, displayName: 'soak', testMatch: ['<rootDir>/test/**/*.soak-spec.ts'] },
    // For scripts/verify-container.sh, which starts what they look at.
    { ...shared, displayName: 'container', testMatch: ['<rootDir>/test/**/*.container-spec.ts'] },
  ],
};

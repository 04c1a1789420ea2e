// The rules of docs/architecture.md, section 2, for dependency-cruiser: which package imports which, and the engine's floors.
// tools/check-layers.mjs runs them over the real tree and over tools/layers-canary, which must break them.

/** The engine's folders, lowest first: a folder imports only itself and those before it. */
const floors = [
  'base',
  'bytes',
  'elf',
  'dwarf',
  'pclntab',
  'arch',
  'image',
  'target',
  'program',
  'types',
  'values',
  'unwind',
  'runtime',
  'expr',
  'traceback',
  'findings',
  'session',
];

/** Tests, and what serves only tests, may import anything. */
const tests = '\\.test\\.ts$|/test/|/testing/|/fuzz/';

/** Packages of ours a package may import, besides itself. The testkit and tests look inside the engine; others use the door. */
const doors = {
  engine: [],
  node: ['engine/src/index\\.ts$', 'servers/src/index\\.ts$'],
  servers: ['engine/src/index\\.ts$'],
  cli: ['engine/src/index\\.ts$', 'node/src/index\\.ts$', 'servers/src/index\\.ts$'],
  testkit: ['engine/src/'],
};

const engineFloors = floors.map((floor, at) => ({
  name: `engine-floor-${floor}`,
  comment: `packages/engine/src/${floor} imports only the floors below it: ${floors.slice(0, at).join(', ') || 'none'}`,
  severity: 'error',
  from: { path: `^packages/engine/src/${floor}/`, pathNot: tests },
  to: { path: '^packages/engine/src/', pathNot: `^packages/engine/src/(${floors.slice(0, at + 1).join('|')})/` },
}));

const packages = Object.entries(doors).map(([name, allowed]) => ({
  name: `package-${name}`,
  comment: `packages/${name} imports, of ours: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: tests },
  to: { path: '^packages/', pathNot: [`^packages/${name}/`, ...allowed.map((path) => `^packages/${path}`)] },
}));

export const rules = [
  ...engineFloors,
  ...packages,
  {
    name: 'engine-folders',
    comment:
      'Every folder of the engine has a place among the floors: add it to tools/layers.config.mjs and docs/architecture.md',
    severity: 'error',
    from: { path: '^packages/engine/src/[^/]+/', pathNot: `^packages/engine/src/(${floors.join('|')})/|${tests}` },
    to: {},
  },
  {
    name: 'engine-alone',
    comment: 'The engine runs in a browser too and has no dependency: no Node module, no package',
    severity: 'error',
    from: { path: '^packages/engine/src/', pathNot: tests },
    to: { pathNot: '^packages/' },
  },
  {
    name: 'servers-alone',
    comment: 'The servers run in a worker of a browser too: no Node module',
    severity: 'error',
    from: { path: '^packages/servers/src/', pathNot: tests },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'lazy-vendor',
    comment:
      'What packages/cli/src/vendor wraps is a bundle of its own, loaded when needed: only vendor-bundles.ts reaches it, others import types',
    severity: 'error',
    from: { path: '^packages/cli/src/', pathNot: `^packages/cli/src/vendor(/|-bundles\\.ts$)|${tests}` },
    to: { path: '^packages/cli/src/vendor/', dependencyTypesNot: ['type-only', 'type-import'] },
  },
  {
    name: 'no-tests-in-product',
    comment: 'What ships does not import tests or their helpers',
    severity: 'error',
    from: { path: '^packages/(?!testkit/)', pathNot: tests },
    to: { path: `^packages/[^/]+/.*(${tests})` },
  },
  {
    name: 'no-cycle',
    comment: 'No import cycles',
    severity: 'error',
    from: { pathNot: tests },
    to: { circular: true },
  },
  {
    name: 'resolvable',
    comment: 'Every import leads somewhere',
    severity: 'error',
    from: { pathNot: tests },
    to: { couldNotResolve: true },
  },
];

export const options = {
  ruleSet: { forbidden: rules },
  validate: true,
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '(^|/)dist/' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['inquest-source', 'types', 'import', 'node', 'default'],
    extensions: ['.ts', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
  },
};

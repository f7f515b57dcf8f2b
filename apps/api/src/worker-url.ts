/**
 * Where the compiled code of a thread is that stands beside a module, given by its `import.meta.url`: threads run compiled code
 * only, and take no options of the test runner. Tests, which run the sources, use what the build has made of them.
 */
export function workerUrl(module: string, name: string): URL {
  const compiled = module.endsWith('.ts') ? module.replace('/apps/api/src/', '/dist/apps/api/src/') : module;
  return new URL(`./${name}.js`, compiled);
}

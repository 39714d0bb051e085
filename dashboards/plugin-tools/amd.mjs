/**
 * Wraps a CommonJS bundle as the AMD module that Grafana's loader expects. Dependencies
 * are named in the define call, so that the loader has them before the bundle runs.
 * @param {string} code
 * @param {readonly string[]} dependencies
 */
export function wrapAsAMD(code, dependencies) {
  return [
    `define(${JSON.stringify(dependencies)}, function () {`,
    `var given = Object.fromEntries(${JSON.stringify(dependencies)}.map((name, i) => [name, arguments[i]]));`,
    'var module = { exports: {} }, exports = module.exports, require = (name) => given[name];',
    code,
    'return module.exports;',
    '});',
    '',
  ].join('\n');
}

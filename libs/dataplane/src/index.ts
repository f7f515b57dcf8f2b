export { detectDataplane } from './detect-dataplane.js';
export { type DataplaneOverrides, parseOverrides } from './overrides/parse-overrides.js';

import type { Finding } from '#model';
import type { Audited } from './audited.js';

/** A family of checks. No id comes from two families. */
export type Check = (audited: Audited) => Iterable<Finding>;

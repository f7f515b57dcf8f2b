import type { Delivery } from './trace.js';

/** From the best to the worst that can be said. */
const order: readonly Delivery[] = ['delivered', 'conditional', 'unknown', 'unreachable', 'blockedByPolicy'];

/** What becomes of packets that two things must let through. */
export function worseOf(a: Delivery, b: Delivery): Delivery {
  return order.indexOf(b) > order.indexOf(a) ? b : a;
}

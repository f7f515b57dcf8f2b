import { componentImages, componentNames } from './kept.js';
import type { Fields } from '../validation/decoder.js';

/**
 * Whether a controller of this name with these containers runs a part of the cluster's network, so that images and flags
 * of it are kept. What is not of the right type is complained of elsewhere.
 */
export function isNetworkComponent(name: unknown, containers: unknown): boolean {
  if (typeof name === 'string' && componentNames.test(name)) return true;
  return Array.isArray(containers) && containers.some(isComponentContainer);
}

function isComponentContainer(container: unknown): boolean {
  if (container === null || typeof container !== 'object') return false;
  const { name, image } = container as Fields;
  const repository = typeof image === 'string' ? image.replace(/@.*$/, '').replace(/:[^/:]*$/, '') : '';
  return (typeof name === 'string' && componentNames.test(name)) || componentImages.test(repository);
}

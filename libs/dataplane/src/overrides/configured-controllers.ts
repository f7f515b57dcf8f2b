import type { ConfiguredController } from '#model';
import type { DataplaneOverrides } from './parse-overrides.js';

/** What a user has said of who serves Ingresses and Gateways; those of a class go before those of all. */
export function configuredControllers({ ingressController }: DataplaneOverrides): ConfiguredController[] {
  const said = (ingressController?.split('+') ?? []).map((text): ConfiguredController => {
    const equals = text.indexOf('=');
    const [namespace, name] = text.slice(equals + 1).split('/');
    return { className: equals < 0 ? null : text.slice(0, equals), namespace, name };
  });
  return [...said.filter(({ className }) => className !== null), ...said.filter(({ className }) => className === null)];
}

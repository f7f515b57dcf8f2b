import type { Component } from '#model';

/** Settings that a ConfigMap holds as a text: `Unreadable` where the daemon could not have read it either. */
export type Settings =
  | { readonly kind: 'Settings'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'Unreadable' }
  | { readonly kind: 'Absent' };

/** The settings under one key of a ConfigMap. The model has YAML as JSON, and an empty text for what is no YAML. */
export function settingsIn(component: Component | null, key: string): Settings {
  if (component === null || !Object.hasOwn(component.data, key)) return { kind: 'Absent' };
  const values = recordOf(component.data[key]);
  return values === null ? { kind: 'Unreadable' } : { kind: 'Settings', values };
}

/** A member of settings as a text, by its path; null where it is absent. Numbers and booleans are spelled out. */
export function settingText(settings: Settings, ...path: readonly string[]): string | null {
  let value: unknown = settings.kind === 'Settings' ? settings.values : null;
  for (const key of path) {
    const isRecord = value !== null && typeof value === 'object' && Object.hasOwn(value, key);
    value = isRecord ? (value as Readonly<Record<string, unknown>>)[key] : null;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** A list of texts at the top of settings; empty where it is absent or no list. */
export function settingTexts(settings: Settings, key: string): readonly string[] {
  const value = settings.kind === 'Settings' && Object.hasOwn(settings.values, key) ? settings.values[key] : null;
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}

/** A JSON text that is an object; null for any other text. */
export function recordOf(text: string | undefined): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

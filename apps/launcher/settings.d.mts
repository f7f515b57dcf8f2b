/** See settings.mjs. */
export interface Settings {
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly sample: boolean;
}
export function readSettings(environment: Readonly<Record<string, string | undefined>>, checkout: string): Settings;

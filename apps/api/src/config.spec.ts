import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.js';

const DATABASE_URL = 'postgres://localhost/x';

describe('configuration', () => {
  it('listens on loopback unless told otherwise', () => {
    expect(readConfig({ DATABASE_URL })).toMatchObject({ host: '127.0.0.1', port: 3000, auth: 'none', role: 'all' });
  });

  it.each(['0.0.0.0', '192.168.1.5', '::', 'canreach.example'])(
    'refuses to listen on %s while nobody is asked who he is',
    (HOST) => {
      expect(() => readConfig({ DATABASE_URL, HOST })).toThrow('say CANREACH_AUTH=none if that is meant');
      expect(readConfig({ DATABASE_URL, HOST, CANREACH_AUTH: 'none' }).host).toBe(HOST);
    },
  );

  it('says everything that is wrong at once', () => {
    const wrong = {
      DATABASE_URL: 'mysql://x',
      PORT: '99999',
      CANREACH_ROLE: 'king',
      CANREACH_AUTH: 'oidc',
      CANREACH_LOG: 'loud',
      CANREACH_MEMORY_MB: 'much',
    };
    expect(() => readConfig(wrong)).toThrow(ConfigError);
    for (const name of Object.keys(wrong)) expect(() => readConfig(wrong)).toThrow(name);
  });
});

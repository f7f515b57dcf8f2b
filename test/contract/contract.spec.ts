import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type * as Graphql from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessKey } from '../../apps/api/src/auth/access.js';
import { openApiDocument, operations } from '../../apps/api/src/openapi/openapi-document.js';
import { startApp, type TestApp } from '../e2e/start-app.js';

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

/** Compares with the file that is checked in; UPDATE_CONTRACT=1 rewrites it. */
function expectCheckedIn(name: string, text: string): void {
  const file = new URL(`../../apps/api/${name}`, import.meta.url);
  if (process.env.UPDATE_CONTRACT === '1') writeFileSync(file, text);
  expect(text, `${name} has changed: look at the difference and run npm run contract`).toBe(readFileSync(file, 'utf8'));
}

describe('the contract', () => {
  it('of REST is the one that is checked in, and is served', async () => {
    expectCheckedIn('openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`);
    const { body } = await test.http().get('/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(Object.keys(openApiDocument().paths as object));
    expect((await test.http().get('/api/docs')).text).toContain('swagger-ui');
  });

  it('of GraphQL is the one that is checked in', () => {
    const { schema } = test.app.get(GraphQLSchemaHost);
    // The schema belongs to the copy of graphql that Nest has loaded, which is the script and not the module.
    const { lexicographicSortSchema, printSchema } = createRequire(import.meta.url)('graphql') as typeof Graphql;
    expectCheckedIn('schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`);
  });

  it('lists every route that is served, and no other', () => {
    const instance = test.app.getHttpAdapter().getInstance() as {
      hasRoute(route: { method: string; url: string }): boolean;
    };
    const missing = operations.filter(
      ({ method, path }) =>
        !instance.hasRoute({ method: method.toUpperCase(), url: path.replace(/\{(\w+)\}/g, ':$1') }),
    );
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(routes().sort()).toEqual(
      operations.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`).sort(),
    );
  });

  it('says of every route and every query and mutation who may use it', () => {
    const undeclared = handlers().filter(
      ({ handler, type }) =>
        Reflect.getMetadata(accessKey, handler) === undefined && Reflect.getMetadata(accessKey, type) === undefined,
    );
    expect(undeclared.map(({ type, handler }) => `${type.name}.${handler.name}`)).toEqual([]);
    expect(handlers().length).toBeGreaterThan(25);
  });
});

interface Handler {
  readonly type: { readonly name: string };
  readonly handler: { readonly name: string };
}

/** Methods of controllers, and of resolvers those that are queries and mutations. */
function handlers(): Handler[] {
  const scanner = new MetadataScanner();
  const modules = [...test.app.get(ModulesContainer).values()];
  return modules
    .flatMap((module) => [...module.controllers.values(), ...module.providers.values()])
    .flatMap(({ instance, metatype }) => {
      if (typeof instance !== 'object' || instance === null || typeof metatype !== 'function') return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, { name: string }>;
      return scanner
        .getAllMethodNames(prototype)
        .map((name) => prototype[name])
        .filter(
          (handler) =>
            Reflect.hasMetadata('path', handler) ||
            ['Query', 'Mutation', 'Subscription'].includes(Reflect.getMetadata('graphql:resolver_type', handler)),
        )
        .map((handler) => ({ type: metatype as { name: string }, handler }));
    });
}

const methods = ['get', 'post', 'put', 'delete'];

function routes(): string[] {
  return handlers()
    .filter(({ handler }) => Reflect.hasMetadata('path', handler) && Reflect.hasMetadata('method', handler))
    .map(({ type, handler }) => {
      const parts = [Reflect.getMetadata('path', type) as string, Reflect.getMetadata('path', handler) as string];
      const path = parts.join('/').replace(/\/+/g, '/').replace(/\/$/, '');
      return `${methods[Reflect.getMetadata('method', handler) as number]} ${path.startsWith('/') ? path : `/${path}`}`;
    });
}

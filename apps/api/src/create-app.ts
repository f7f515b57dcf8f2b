import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule, type AppParts } from './app.module.js';
import { checkOrigin } from './auth/origin-guard.js';
import { Ingester } from './ingest/ingester.js';
import { Auditor } from './findings/auditor.js';
import { IndexCache } from './index-cache/index-cache.js';
import { NestLogger } from './logger.js';
import { malformedJson } from './json/malformed-json.js';
import { parseJson } from './json/parse-json.js';
import { Utf8Text } from './json/utf8-text.js';
import { limitQuery } from './limit-query.js';
import { Metrics } from './metrics/metrics.js';
import { serveOpenApi } from './openapi/serve-openapi.js';
import { type Problem, problemOf, refuse } from './problems/problem.js';
import { sendProblem } from './problems/problem.filter.js';

/** Longest body of a question; ingests are streamed and have limits of their own. */
export const questionBytesMax = 64 * 1024 * 1024;

/** How long a request may take to arrive in full. */
const requestMillisMax = 30 * 60 * 1000;

const ingestRoute = '/api/v1/clusters/:cluster/snapshots';

/**
 * The application, ready to listen; the caller closes it, and the data source after it. `root` may be a module with
 * more routes that imports the usual one.
 */
export async function createApp(
  parts: AppParts,
  root: DynamicModule = AppModule.with(parts),
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: questionBytesMax,
    // A request without Host is refused by `checkOrigin`, which says why.
    http: { requireHostHeader: false },
    requestTimeout: requestMillisMax,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, error, parts.logger),
    clientErrorHandler: refuseUnreadable,
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  instance.server.on('checkExpectation', refuseExpectation);
  instance.addHook('onRequest', async (request) => checkOrigin(request, parts.config));
  instance.addHook('preHandler', limitQuery);
  parseBodies(instance);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: new NestLogger(parts.logger),
    abortOnError: false,
  });
  // The viewer of the API brings inline styles and pictures of its own; nothing is ever loaded from elsewhere.
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });
  instance.get('/', (_request, reply) => reply.redirect('/api/docs'));
  serveOpenApi(app);
  measure(instance, app.get(Metrics));
  await app.init();
  await instance.ready();
  return app;
}

/** Frees what the application holds besides its connections. */
export async function closeApp(app: NestFastifyApplication): Promise<void> {
  const cache = app.get(IndexCache);
  const ingester = app.get(Ingester);
  const auditor = app.get(Auditor);
  await app.close();
  await Promise.all([cache.close(), ingester.close(), auditor.close()]);
}

/** Answers what is no HTTP at all, comes too slowly, or has headers that are too large, before there is a request. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = problemOfUnreadable(error.code);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function problemOfUnreadable(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problemOf(431, 'HEADERS_TOO_LARGE', 'the headers of the request are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problemOf(408, 'REQUEST_TIMEOUT', 'the request did not arrive in full in time');
    default:
      return problemOf(400, 'HTTP_MALFORMED', 'the request could not be read as HTTP');
  }
}

/** An expectation that is not `100-continue`, which Node refuses without a word. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const problem = problemOf(417, 'EXPECTATION_UNKNOWN', 'Expect: 100-continue is the only expectation that is met');
  response.writeHead(problem.status, { 'Content-Type': 'application/problem+json', Connection: 'close' });
  response.end(JSON.stringify(problem));
}

/** Ingests get the bytes as they come, whatever they are said to be; everything else is JSON. */
function parseBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', (request, payload, done) => {
    if (request.routeOptions.url === ingestRoute) {
      done(null, payload);
      return;
    }
    readJson(request, payload).then(
      (body) => done(null, body),
      (error: unknown) => done(error as Error),
    );
  });
}

async function readJson(request: FastifyRequest, payload: AsyncIterable<Uint8Array>): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw refuse(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `the content type is ${JSON.stringify(type.slice(0, 100))}; application/json is accepted`,
      'Content-Type',
      'application/json',
    );
  }
  const text = new Utf8Text();
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > questionBytesMax) {
      throw refuse(
        413,
        'BODY_TOO_LARGE',
        `the body is longer than ${questionBytesMax} bytes, the limit questionBytesMax`,
        'body',
        String(questionBytesMax),
      );
    }
    try {
      text.add(chunk);
    } catch (error) {
      throw malformedJson(error as Error);
    }
  }
  if (size === 0) return undefined;
  try {
    return await parseJson(text.end());
  } catch (error) {
    throw malformedJson(error as Error);
  }
}

function measure(instance: FastifyInstance, metrics: Metrics): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.http.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
}

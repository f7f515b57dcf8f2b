import { join } from 'node:path';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { connectivityEnums } from './connectivity/connectivity.resolver.js';
import { diffEnums } from './diff/diff.resolver.js';
import { findingEnums } from './findings/findings.resolver.js';
import { inventoryEnums } from './inventory/inventory.resolver.js';
import { tokensMax } from './limit-query.js';
import { LOGGER } from './logger.js';
import { problemOfError } from './problems/problem-of-error.js';
import { reachabilityEnums } from './reachability/reachability.resolver.js';
import { traceEnums } from './trace/trace.resolver.js';

/** Schema-first: each slice brings its .graphql file, and Nest merges them. */
export const graphql = GraphQLModule.forRootAsync<ApolloDriverConfig>({
  driver: ApolloDriver,
  inject: [LOGGER],
  useFactory: (logger: Logger) => ({
    path: '/graphql',
    typePaths: [join(import.meta.dirname, '**/*.graphql')],
    resolvers: {
      ...reachabilityEnums,
      ...inventoryEnums,
      ...connectivityEnums,
      ...diffEnums,
      ...traceEnums,
      ...findingEnums,
    },
    playground: false,
    graphiql: false,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: tokensMax },
    persistedQueries: false,
    // Apollo's own page would be loaded from elsewhere.
    plugins: [ApolloServerPluginLandingPageDisabled()],
    formatError: (formatted, error) => formatError(formatted, error, logger),
  }),
});

/** An error with the same code, sentence and complaints that REST gives. */
function formatError(formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  // By shape and not by class: GraphQL may be loaded twice, as a module and as a script.
  const original = (error as { originalError?: unknown } | null)?.originalError ?? error;
  const problem = problemOfError(original);
  if (problem !== null) {
    const { code, status, detail, errors } = problem;
    return { ...formatted, message: detail, extensions: { code, status, errors } };
  }
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return formatted;
  // What GraphQL itself says of a request as a whole is about the request.
  if (original === error && formatted.path === undefined && (error as Error).name === 'GraphQLError')
    return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_REQUEST' } };
  logger.error({ err: original }, 'a GraphQL request failed');
  return {
    ...formatted,
    message: 'something went wrong here; the log of the server says what',
    extensions: { code: 'INTERNAL', status: 500 },
  };
}

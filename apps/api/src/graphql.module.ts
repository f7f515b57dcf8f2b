import { join } from 'node:path';
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import depthLimit from 'graphql-depth-limit';
import { getComplexity, simpleEstimator } from 'graphql-query-complexity';
import type { Logger } from 'pino';
import { inventoryEnums } from './inventory/inventory.resolver.js';
import { LOGGER } from './logger.js';
import { problemOfError } from './problems/problem-of-error.js';
import { reachabilityEnums } from './reachability/reachability.resolver.js';

/** How deep a query may go, and how many fields it may ask for. */
export const depthMax = 12;
export const costMax = 2000;

/** Fields that compute an answer weigh as much as this many that show one. */
const costOfQuestion = 20;

const limitCost: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ schema, document, operationName, request }) => {
        const cost = getComplexity({
          schema,
          query: document,
          operationName: operationName ?? undefined,
          variables: request.variables,
          estimators: [
            ({ field, childComplexity }) =>
              ['verdict', 'verdicts', 'ingest'].includes(field.name) ? costOfQuestion + childComplexity : undefined,
            simpleEstimator({ defaultComplexity: 1 }),
          ],
        });
        if (cost <= costMax) return Promise.resolve();
        throw new GraphQLError(
          `the query costs ${cost}; at most ${costMax} is answered, where a question costs ${costOfQuestion} and every field 1`,
          {
            extensions: { code: 'QUERY_TOO_COSTLY', http: { status: 400 } },
          },
        );
      },
    }),
};

/** Schema-first: each slice brings its .graphql file, and Nest merges them. */
export const graphql = GraphQLModule.forRootAsync<ApolloDriverConfig>({
  driver: ApolloDriver,
  inject: [LOGGER],
  useFactory: (logger: Logger) => ({
    path: '/graphql',
    typePaths: [join(import.meta.dirname, '**/*.graphql')],
    resolvers: { ...reachabilityEnums, ...inventoryEnums },
    playground: false,
    graphiql: false,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    validationRules: [depthLimit(depthMax)],
    // Apollo's own page would be loaded from elsewhere.
    plugins: [limitCost, ApolloServerPluginLandingPageDisabled()],
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
  logger.error({ err: original }, 'a GraphQL request failed');
  return {
    ...formatted,
    message: 'something went wrong here; the log of the server says what',
    extensions: { code: 'INTERNAL', status: 500 },
  };
}

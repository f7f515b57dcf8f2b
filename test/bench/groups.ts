/** What can be measured alone: `npm run bench -- read ask`. */
export const groups = ['read', 'compile', 'ingest', 'ask', 'diff', 'list', 'audit', 'mixed'] as const;

import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.canreach/', 'coverage/'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Modules, controllers and entities are classes because Nest and TypeORM want classes.
      '@typescript-eslint/no-extraneous-class': 'off',
      // A lookup that the line before made sure of reads better than a cast.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Injected classes need value imports: Nest reads their types at run time.
    files: ['apps/api/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
);

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { refuse } from '../problems/problem.js';
import { type AccessRole, accessKey } from './access.js';

/**
 * The one hook through which every route and every resolver passes. With `CANREACH_AUTH=none` whoever reaches the
 * server may do everything; roles and scopes of tokens are compared here when they come.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const role = this.reflector.getAllAndOverride<AccessRole | undefined>(accessKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    // Fields of an object that a guarded resolver returned were let through with it.
    const isFieldOfAnswer =
      context.getType<string>() === 'graphql' && !['Query', 'Mutation', 'Subscription'].includes(parentType(context));
    if (role !== undefined || isFieldOfAnswer) return true;
    throw refuse(403, 'ACCESS_UNDECLARED', 'this route does not say who may use it');
  }
}

function parentType(context: ExecutionContext): string {
  const info = context.getArgByIndex<{ parentType?: { name?: string } } | undefined>(3);
  return info?.parentType?.name ?? '';
}

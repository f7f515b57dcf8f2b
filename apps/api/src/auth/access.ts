import { SetMetadata } from '@nestjs/common';

/** Who may use a route or a resolver; `public` needs no sign-in even where there is one. */
export type AccessRole = 'public' | 'viewer' | 'ingester' | 'admin';

export const accessKey = 'canreach:access';

/** Every handler bears one; `AccessGuard` refuses those that do not. */
export const Access = (role: AccessRole): MethodDecorator & ClassDecorator => SetMetadata(accessKey, role);

/**
 * Modal scopes. There is one holder at a time, whose scopes may nest. Esc makes every later call
 * throw. What a scope leaves suspended is resumed, or rolled back, when it ends.
 */
import type { Journal } from './journal.ts'
import type { ExecutionContext, HistorySuspension, ModalOptions } from './real.ts'
import type { OpenDocument, Store, Suspension } from './store.ts'

/** What suspendHistory gives while an action plays with its history suspended. */
const NO_SUSPENSION = 4294967295

class PhotoshopError extends Error {
  readonly number: number

  constructor(message: string, number: number) {
    super(message)
    this.number = number
  }
}

/** The outermost scope, which nested ones share. */
interface Session {
  readonly owner: string
  name: string
  progress: number | undefined
  readonly isInteractive: boolean
  /** An action that is being played with its history suspended. */
  readonly isSuspendedAction: boolean
  isCancelled: boolean
  readonly scopes: Scope[]
  /** Whether the sporadic failure of this session has happened. */
  hasStumbled: boolean
}

interface Scope {
  readonly context: ExecutionContext
  /** Keyed by ids. */
  readonly suspensions: Map<number, { suspension: Suspension; document: OpenDocument }>
  readonly autoClosed: Set<number>
  isOver: boolean
}

export class Modality {
  readonly #store: Store
  readonly #journal: Journal
  #session: Session | undefined
  #holder: { readonly owner: string; readonly released: Promise<void> } | undefined

  constructor(store: Store, journal: Journal) {
    this.#store = store
    this.#journal = journal
  }

  get isModal(): boolean {
    return this.#session !== undefined || this.#holder !== undefined
  }

  /** The plug-in's own session. */
  get session(): Session | undefined {
    return this.#session
  }

  get status(): { owner: string; name: string; progress?: number } | undefined {
    if (this.#session) {
      const { owner, name, progress } = this.#session
      return { owner, name, ...(progress !== undefined && { progress }) }
    }
    return this.#holder && { owner: this.#holder.owner, name: this.#holder.owner }
  }

  /** Called before any call: after a cancel nothing works until the scope has ended. */
  checkCancelled(): void {
    if (this.#session?.isCancelled)
      throw new PhotoshopError('The command was cancelled by the user.', -128)
  }

  /** Called before any call that writes. */
  checkWrites(event: string): void {
    if (!this.#session)
      throw new Error(
        `Event: ${event} may modify the state of Photoshop. Such events are only allowed from inside a modal scope`,
      )
    this.checkCancelled()
  }

  checkReads(): void {
    if (!this.#session)
      throw new Error('The requested functionality is only allowed from inside a modal scope.')
    this.checkCancelled()
  }

  async execute<T>(
    run: (context: ExecutionContext, descriptor?: object) => Promise<T>,
    options: ModalOptions,
  ): Promise<T> {
    if (typeof run !== 'function')
      throw new TypeError(`executeAsModal: expected a function, got ${typeof run}`)
    if (typeof options?.commandName !== 'string' || options.commandName === '')
      throw new TypeError('executeAsModal: expected options with a commandName')
    const { commandName, descriptor = {}, interactive = false, timeOut = 1 } = options
    if (Object.values(descriptor).some((value) => typeof value === 'function'))
      throw new TypeError('executeAsModal: a descriptor cannot hold functions')
    this.checkCancelled()
    await this.#turn(timeOut * 1000)
    return this.#run(run, descriptor, {
      owner: 'Plug-in',
      name: commandName,
      isInteractive: interactive,
      isSuspendedAction: false,
    })
  }

  /** Plays a recorded step, whose handler finds itself in a modal scope. */
  async play(
    name: string,
    run: (context: ExecutionContext) => Promise<unknown>,
    isSuspendedAction: boolean,
  ): Promise<void> {
    await this.#turn(0)
    const document = isSuspendedAction ? this.#store.active : undefined
    if (document) this.#store.suspend(document, name)
    let commits = false
    const handle = async (context: ExecutionContext): Promise<void> => {
      await run(context)
      commits = !context.isCancelled
    }
    try {
      const terms = { owner: 'Action', name, isInteractive: false, isSuspendedAction }
      await this.#run(handle, {}, terms)
    } finally {
      if (document && this.#store.find(document.id) === document)
        this.#store.resume(document, name, commits)
    }
  }

  hold(owner: string): () => void {
    const status = this.status
    if (status) throw new Error(`${owner} cannot hold Photoshop: ${status.owner} does.`)
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#holder = { owner, released }
    this.#store.notify()
    return () => {
      this.#holder = undefined
      release()
      this.#store.notify()
    }
  }

  cancel(): void {
    const session = this.#session
    if (!session || session.isCancelled) return
    session.isCancelled = true
    for (const { context } of session.scopes) context.isCancelled = true
    for (const { context } of [...session.scopes]) context.onCancel?.({ reason: 'user' })
    this.#store.notify()
  }

  async #turn(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs
    await pause(0)
    while (this.#holder) {
      const { owner, released } = this.#holder
      const left = end - performance.now()
      if (left > 0) await Promise.race([released, pause(left)])
      if (this.#holder && performance.now() >= end)
        throw new PhotoshopError(
          `The host is in a modal state. Plugin: ${owner} is running a modal command.`,
          9,
        )
    }
  }

  async #run<T>(
    run: (context: ExecutionContext, descriptor?: object) => Promise<T>,
    descriptor: object,
    terms: Pick<Session, 'owner' | 'name' | 'isInteractive' | 'isSuspendedAction'>,
  ): Promise<T> {
    this.checkCancelled()
    const isOutermost = this.#session === undefined
    const session: Session = this.#session ?? {
      ...terms,
      progress: undefined,
      isCancelled: false,
      scopes: [],
      hasStumbled: false,
    }
    this.#session = session
    const scope = this.#makeScope(session)
    session.scopes.push(scope)
    this.#store.notify()
    let commits = false
    try {
      const result = await run(scope.context, descriptor)
      commits = !session.isCancelled
      return result
    } finally {
      this.#end(scope, commits)
      session.scopes.splice(session.scopes.indexOf(scope), 1)
      if (isOutermost) this.#endSession(session)
      this.#store.notify()
    }
  }

  #end(scope: Scope, commits: boolean): void {
    scope.isOver = true
    for (const { suspension, document } of scope.suspensions.values()) {
      if (this.#store.find(document.id) === document)
        this.#store.resume(document, suspension.name, commits)
    }
    for (const id of scope.autoClosed) if (this.#store.find(id)) this.#store.close(id)
  }

  #endSession(session: Session): void {
    if (session.scopes.length > 0) {
      this.#journal.complain('A modal scope was not awaited by the scope around it.')
      for (const scope of session.scopes) this.#end(scope, false)
    }
    for (const { id } of this.#store.temporaryDocuments) {
      this.#journal.complain(`The temporary document ${id} was left at the end of the modal scope.`)
      this.#store.close(id)
    }
    this.#session = undefined
  }

  #makeScope(session: Session): Scope {
    const check = (): void => {
      if (scope.isOver) throw new Error('This execution context has ended with its modal scope.')
      this.checkCancelled()
    }
    const call = async <T>(body: () => T): Promise<T> => {
      check()
      await pause(0)
      check()
      return body()
    }
    const context: ExecutionContext = {
      isCancelled: session.isCancelled,
      onCancel: undefined,
      reportProgress: ({ value, commandName }) => {
        check()
        if (value !== undefined && !(value >= 0 && value <= 1))
          throw new RangeError(`reportProgress: expected a value of 0 … 1, got ${value}`)
        session.progress = value ?? session.progress
        session.name = commandName ?? session.name
        this.#store.notify()
      },
      hostControl: {
        suspendHistory: ({ documentID, name }) =>
          call(() => this.#suspend(session, scope, documentID, name)),
        resumeHistory: (handle, commit = true) => call(() => this.#resume(session, handle, commit)),
        registerAutoCloseDocument: (id) =>
          call(() => void scope.autoClosed.add(this.#store.get(id).id)),
        unregisterAutoCloseDocument: (id) => call(() => void scope.autoClosed.delete(id)),
      },
    }
    const scope: Scope = { context, suspensions: new Map(), autoClosed: new Set(), isOver: false }
    return scope
  }

  #suspend(session: Session, scope: Scope, id: number, name: string): HistorySuspension {
    if (typeof name !== 'string' || name === '')
      throw new TypeError('suspendHistory: expected a documentID and a name')
    const document = this.#store.get(id)
    // A number where the types promise an object, as reported for such actions.
    if (session.isSuspendedAction) return NO_SUSPENSION as unknown as HistorySuspension
    const suspension = this.#store.suspend(document, name)
    scope.suspensions.set(suspension.id, { suspension, document })
    return { historySuspensionID: suspension.id }
  }

  #resume(
    session: Session,
    handle: HistorySuspension & { finalName?: string },
    commits: boolean,
  ): void {
    const id = handle?.historySuspensionID
    const scope = session.scopes.find(({ suspensions }) => suspensions.has(id))
    const found = scope?.suspensions.get(id)
    if (session.isSuspendedAction || !found)
      throw new Error('resumeHistory: expected what suspendHistory gave in this scope')
    const { suspension, document } = found
    scope?.suspensions.delete(id)
    if (this.#store.find(document.id) === document)
      this.#store.resume(document, handle.finalName ?? suspension.name, commits)
  }
}

/** Calls of Photoshop take a turn of the event loop, in which a cancel or a closed document may come. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

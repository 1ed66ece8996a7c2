import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Announcements } from './announce.tsx'
import { useCaller } from './api/polls.ts'
import { FailedView } from './failed-view.tsx'
import { RunsPage } from './runs/runs-page.tsx'
import { SignIn } from './sign-in.tsx'
import { ThemeChoice } from './theme.tsx'

const PollPage = lazy(async () => ({ default: (await import('./poll/poll-page.tsx')).PollPage }))
const PipelinesPage = lazy(async () => ({
  default: (await import('./pipelines/pipelines-page.tsx')).PipelinesPage,
}))
const PipelinePage = lazy(async () => ({
  default: (await import('./pipelines/pipeline-page.tsx')).PipelinePage,
}))
const ExecutionPage = lazy(async () => ({
  default: (await import('./executions/execution-page.tsx')).ExecutionPage,
}))
const VariablesPage = lazy(async () => ({
  default: (await import('./variables/variables-page.tsx')).VariablesPage,
}))
const TokensPage = lazy(async () => ({ default: (await import('./tokens/tokens-page.tsx')).TokensPage }))
const NewPollPage = lazy(async () => ({
  default: (await import('./new-poll/new-poll-page.tsx')).NewPollPage,
}))

const HealthPage = lazy(async () => ({
  default: (await import('./health/health-page.tsx')).HealthPage,
}))

export function App() {
  const needsToken =
    useQuery({ queryKey: ['needs-token'], queryFn: () => false, enabled: false }).data === true
  const caller = useCaller()
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <Logo /> bide
        </Link>
        <nav aria-label="Main">
          <NavLink href="/">Runs</NavLink>
          {caller.data && caller.data.role !== 'viewer' && <NavLink href="/new">New poll</NavLink>}
          {caller.data && <NavLink href="/pipelines">Pipelines</NavLink>}
          {caller.data && <NavLink href="/variables">Variables</NavLink>}
          {caller.data?.role === 'admin' && <NavLink href="/tokens">Tokens</NavLink>}
          {caller.data && <NavLink href="/health">Health</NavLink>}
        </nav>
        <ThemeChoice />
      </header>
      <Main>{needsToken ? <SignIn /> : <Pages />}</Main>
      <Announcements />
    </>
  )
}

function Pages() {
  const [location] = useLocation()
  return (
    <FailedView of={location}>
      <Suspense fallback={<p className="quiet">Loading…</p>}>
        <Switch>
          <Route path="/" component={RunsPage} />
          <Route path="/new" component={NewPollPage} />
          <Route path="/pipelines" component={PipelinesPage} />
          <Route path="/pipelines/:name">{() => <PipelinePage key={lastPart()} name={lastPart()} />}</Route>
          <Route path="/executions/:id">{({ id }) => <ExecutionPage key={id} id={id} />}</Route>
          <Route path="/variables" component={VariablesPage} />
          <Route path="/tokens" component={TokensPage} />
          <Route path="/health" component={HealthPage} />
          <Route path="/polls/:id">{({ id }) => <PollPage key={id} id={id} />}</Route>
          <Route>
            <h1>There is nothing here</h1>
            <Link href="/">Back to the runs</Link>
          </Route>
        </Switch>
      </Suspense>
    </FailedView>
  )
}

/** The end of the address as it was written: the router decodes some characters of it, and some not. */
function lastPart(): string {
  const part = window.location.pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Takes the focus when another page is shown, so that the keyboard goes on from there. */
function Main({ children }: { children: React.ReactNode }) {
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const before = useRef(location)
  useEffect(() => {
    if (before.current === location) return
    before.current = location
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [location])
  return (
    <main id="main" ref={main} tabIndex={-1}>
      {children}
    </main>
  )
}

function NavLink({ href, children }: { href: string; children: string }) {
  const [location] = useLocation()
  const link = useRef<HTMLAnchorElement>(null)
  const isHere = isUnder(location, href)
  useEffect(() => {
    // On a phone not all of them are in sight.
    if (isHere) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isHere])
  return (
    <Link ref={link} href={href} aria-current={isHere ? 'page' : undefined} data-label={children}>
      {children}
    </Link>
  )
}

function isUnder(location: string, href: string): boolean {
  return location === href || (href !== '/' && location.startsWith(`${href}/`))
}

function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" className="logo-ground" />
      <circle cx="16" cy="16" r="9" className="logo-line" />
      <path d="M16 10.5V16l4 2.5" className="logo-line" />
    </svg>
  )
}

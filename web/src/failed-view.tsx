import { Component, type ReactNode } from 'react'

interface Given {
  /** Another one is another view, which is tried anew. */
  readonly of: string
  readonly children: ReactNode
}

/** Says so where a view fails, most often since its script cannot be fetched. A class, for React catches by no other. */
export class FailedView extends Component<Given, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override componentDidUpdate(before: Given) {
    if (before.of !== this.props.of && this.state.hasFailed) this.setState({ hasFailed: false })
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children
    return (
      <section className="card empty" role="alert">
        <h1>This view could not be shown</h1>
        <p>The server cannot be reached, or has become another one.</p>
        <button type="button" className="primary" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </section>
    )
  }
}

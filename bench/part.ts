/**
 * What a part of the bench is: a module that exports one `BenchPart` and is named in main.ts.
 * `npm run bench -- <name> …` runs some of them, without names all.
 */
export interface BenchPart {
  /** On the command line. */
  readonly name: string
  /** Heads its section of the report. */
  readonly title: string
  /** Measures and reports. What a machine lacks is said in a sentence; errors are for faults. */
  run(bench: Bench): Promise<void>
}

/** What a part is given. */
export interface Bench {
  /** Folder of the report and its pictures, which exists. */
  readonly folder: string
  /** For every side of a comparison. */
  readonly threads: number
  /** A paragraph of the report, in Markdown. */
  print(paragraph: string): void
  /** A table of the report; columns of numbers are the caller's to round. */
  table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void
  /** Keeps an SVG picture (chart.ts draws them) as `<name>.svg` and shows it in the report. */
  picture(name: string, title: string, svg: string): Promise<void>
}

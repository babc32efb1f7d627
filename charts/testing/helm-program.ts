/** The helm that the chart's tests run. */
export async function helmProgram(): Promise<string> {
  return 'helm';
}

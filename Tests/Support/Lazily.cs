using System.Collections;

namespace MlNetRnn.Tests;

/// <summary>An enumerable that is made anew for every enumeration, so that it need not repeat.</summary>
internal sealed class Lazily<T>(Func<IEnumerable<T>> make) : IEnumerable<T>
{
    public IEnumerator<T> GetEnumerator() => make().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

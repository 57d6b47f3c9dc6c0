using System.Collections.Immutable;

namespace MlNetRnn.Scenarios;

/// <summary>What a <c>.ts</c> file says of its sequences before <c>@data</c>.</summary>
public sealed record TsHeader
{
    /// <summary><c>@problemName</c>; empty when the file gives none.</summary>
    public string ProblemName { get; init; } = "";

    /// <summary><c>@dimensions</c>, or 1 where <c>@univariate true</c>: values per step. Null when the file gives neither.</summary>
    public int? Dimensions { get; init; }

    /// <summary><c>@equalLength</c>: every sequence has the same number of steps.</summary>
    public bool EqualLength { get; init; }

    /// <summary><c>@seriesLength</c>; null when the file gives none.</summary>
    public int? SeriesLength { get; init; }

    /// <summary><c>@classLabel</c>: the classes, in the file's order.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>Reads lines up to and including <c>@data</c>.</summary>
    internal static TsHeader Read(NumberedLines lines) => new TsHeaderReader(lines).Read();
}

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Classification;

/// <summary>Sequences whose class shows in them, as arrays that tests compute with and as views of every kind.</summary>
/// <param name="Features">Values of a step.</param>
/// <param name="Sequences">Each <c>[steps, Features]</c>; of tokens their keys' numbers from 1, 0 where missing.</param>
/// <param name="Classes">Counted from 0; -1 where unknown.</param>
internal sealed record Classified(int Features, float[][] Sequences, int[] Classes)
{
    public const int Steps = 5;

    public static string[] Names { get; } = ["low", "middle", "high", "never seen"];

    /// <summary>A few weights, and no dense ReLU layer, which may be dead at first and hide all differences.</summary>
    public static RecurrentOptions Tiny { get; } = Networks.Tiny with { DenseSizes = [], EmbeddingSize = 3 };

    /// <summary>Enough to tell the classes apart.</summary>
    public static RecurrentOptions Learning { get; } = new()
    {
        Cell = RecurrentCell.Gru,
        HiddenSizes = [12],
        DenseSizes = [],
        Dropout = 0,
        EmbeddingSize = 4,
        Training = new() { Epochs = 25, BatchSize = 16, LearningRate = 0.02, Seed = 1 },
    };

    public int Count => Sequences.Length;

    public static Classified Numbers(int count, int classes = 3, int seed = 1, int features = 2, bool ragged = false, double noise = 0.3)
    {
        var random = new Random(seed);
        int[] of = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        return new(features, [.. of.Select(c => Enumerable.Range(0, features * (ragged ? random.Next(1, 9) : Steps))
            .Select(_ => (float)(c - ((classes - 1) / 2.0) + (noise * Series.Normal(random)))).ToArray())], of);
    }

    /// <summary>Tokens 1 to <paramref name="tokens"/>; the class is that of the most of them, by thirds of the vocabulary.</summary>
    public static Classified Tokens(int count, int tokens = 9, int classes = 3, int seed = 1, int mostSteps = 8)
    {
        var random = new Random(seed);
        int[] of = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        float Token(int c) => 1 + random.Next(10) switch
        {
            0 => -1, // missing: unknown
            1 => random.Next(tokens),
            _ => Math.Min(tokens - 1, (c * tokens / classes) + random.Next(Math.Max(1, tokens / classes))),
        };
        return new(1, [.. of.Select(c => Enumerable.Range(0, random.Next(1, mostSteps + 1)).Select(i => i == 0 ? Math.Max(1, Token(c)) : Token(c)).ToArray())], of);
    }

    /// <summary>A Single per step: Features [steps, features], or any number of steps where they differ.</summary>
    public IDataView View(MLContext ml, string label = "key", params (string Name, float[] Values)[] columns)
    {
        var builder = new ArrayDataViewBuilder(ml);
        builder.AddColumn("Features", NumberDataViewType.Single, Sequences);
        return WithLabel(builder, label, columns);
    }

    /// <summary>Key vectors of any number of steps, or padded at an end to a number of them.</summary>
    public IDataView TokenView(MLContext ml, int tokens, string label = "key", Type? key = null, int? padTo = null, bool atStart = false, params (string Name, float[] Values)[] columns)
    {
        var builder = new ArrayDataViewBuilder(ml);
        float[][] rows = padTo is { } size ? [.. Sequences.Select(s => Pad(s, size, atStart))] : Sequences;
        AddKeys(builder, "Features", tokens, key ?? typeof(uint), rows, isVariable: padTo is null);
        return WithLabel(builder, label, columns);
    }

    public static float[] Pad(float[] sequence, int size, bool atStart) => atStart
        ? [.. new float[size - sequence.Length], .. sequence]
        : [.. sequence, .. new float[size - sequence.Length]];

    public Classified Slice(Range range) => this with { Sequences = Sequences[range], Classes = Classes[range] };

    public Classified Concat(Classified other) => this with { Sequences = [.. Sequences, .. other.Sequences], Classes = [.. Classes, .. other.Classes] };

    public static string KeyText(int key) => $"k{key}";

    private IDataView WithLabel(ArrayDataViewBuilder builder, string label, (string Name, float[] Values)[] columns)
    {
        switch (label)
        {
            case "bool":
                builder.AddColumn("Label", BooleanDataViewType.Instance, Classes.Select(c => c > 0).ToArray());
                break;
            case "key": // four classes, of which the last has no example
                builder.AddColumn("Label", KeyNames(Names), (ulong)Names.Length, Classes.Select(c => (uint)(c + 1)).ToArray());
                break;
            case "three":
                builder.AddColumn("Label", KeyNames(Names[..3]), 3, Classes.Select(c => (uint)(c + 1)).ToArray());
                break;
            case "unnamed":
                builder.AddColumn("Label", new KeyDataViewType(typeof(uint), 4), Classes.Select(c => (uint)(c + 1)).ToArray());
                break;
            case "byte":
                builder.AddColumn("Label", new KeyDataViewType(typeof(byte), 3), Classes.Select(c => (byte)(c + 1)).ToArray());
                break;
            case "ushort":
                builder.AddColumn("Label", new KeyDataViewType(typeof(ushort), 3), Classes.Select(c => (ushort)(c + 1)).ToArray());
                break;
            case "ulong":
                builder.AddColumn("Label", new KeyDataViewType(typeof(ulong), 3), Classes.Select(c => (ulong)(c + 1)).ToArray());
                break;
            case "text":
                builder.AddColumn("Label", [.. Classes.Select(c => c < 0 ? null! : Names[c])]);
                break;
            default:
                builder.AddColumn("Label", NumberDataViewType.Single, Classes.Select(c => (float)c).ToArray());
                break;
        }
        foreach (var (name, values) in columns)
            builder.AddColumn(name, NumberDataViewType.Single, values);
        return builder.GetDataView();
    }

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> KeyNames(string[] names) =>
        (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(names.Length, [.. names.Select(n => n.AsMemory())]);

    private static void AddKeys(ArrayDataViewBuilder builder, string name, int count, Type key, float[][] rows, bool isVariable)
    {
        if (key == typeof(uint))
            Add(v => (uint)v);
        else if (key == typeof(byte))
            Add(v => (byte)v);
        else if (key == typeof(ushort))
            Add(v => (ushort)v);
        else
            Add(v => (ulong)v);

        void Add<T>(Func<float, T> convert)
            where T : unmanaged
        {
            T[][] keys = [.. rows.Select(r => r.Select(convert).ToArray())];
            if (isVariable && keys.Select(k => k.Length).Distinct().Count() == 1)
                throw new InvalidOperationException("the view would have a fixed size");
            builder.AddColumn(name, new KeyDataViewType(typeof(T), (ulong)count), keys);
        }
    }
}

/// <summary>What a classifier gives, as arrays.</summary>
internal static class Scored
{
    public static float[][] Probabilities(IDataView view) => [.. view.GetColumn<float[]>("Score")];

    public static float[] Logits(IDataView view) => [.. view.GetColumn<float>("Score")];

    public static uint[] Keys(IDataView view) => [.. view.GetColumn<uint>("PredictedLabel")];

    public static string[] SlotNames(IDataView view, string column = "Score")
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[column].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }

    public static void AreClose(float[] expected, float[] actual, string what, double tolerance = 1e-5)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.IsTrue(same, string.Create(CultureInfo.InvariantCulture, $"{what}, value {i + 1}: {actual[i]}, expected {expected[i]}"));
        }
    }
}

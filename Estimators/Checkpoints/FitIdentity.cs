using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;

namespace MlNetRnn;

/// <summary>What makes a fit the fit it is: all that its model follows from, as named values.</summary>
internal sealed class FitIdentity
{
    // Options that do not change the model, or that are looked at elsewhere: the seed and the device that came of them are added below, the
    // epochs and the rates that the schedule gives are compared with the epochs done.
    private static readonly HashSet<string> Free =
    [
        .. new[]
        {
            nameof(TrainingOptions.Epochs), nameof(TrainingOptions.Schedule), nameof(TrainingOptions.Seed), nameof(TrainingOptions.Device),
            nameof(TrainingOptions.Threads), nameof(TrainingOptions.Callbacks), nameof(TrainingOptions.Progress),
            nameof(TrainingOptions.CancellationToken), nameof(TrainingOptions.Checkpoint),
        }.Select(name => $"{nameof(RecurrentOptions.Training)}.{name}"),
    ];

    private const string NotGiven = "not given";

    private readonly List<(string Name, string Value)> _values = [];

    /// <summary>The seed of the fit.</summary>
    public int Seed { get; private init; }

    /// <param name="seed">The seed.</param>
    /// <param name="task">The task.</param>
    /// <param name="options">The network and how it is trained: every option but those that are known not to change the model.</param>
    /// <param name="columns">The columns.</param>
    public static FitIdentity Of(int seed, SequenceTask task, RecurrentOptions options, TrainingColumns columns)
    {
        var identity = new FitIdentity { Seed = seed };
        identity.Add("Training.Seed", seed);
        identity.Add("The task", task.Name);
        if (task.Options is { } own)
            identity.Add(own switch { ClassificationOptions => "Classification", LanguageTraining => "LanguageModel", _ => "Forecast" }, own);
        identity.Add("", options);
        identity.Add("Columns", columns);
        return identity;
    }

    /// <summary>Adds a value by its name.</summary>
    public void Add(string name, object? value)
    {
        if (Text(value) is { } text)
            _values.Add((name, text));
        else
            AddProperties(name, value!);
    }

    /// <summary>Adds the model that training goes on from.</summary>
    public void AddInitialModel(SequenceModel? model) =>
        Add("The initial model (SHA-256)", model is null ? null : Convert.ToHexStringLower(SHA256.HashData(model.OnnxBytes)));

    /// <summary>What differs between a checkpoint's fit and this one.</summary>
    public IEnumerable<string> Differences(FitIdentity theirs)
    {
        var values = theirs._values.ToDictionary();
        foreach (var (name, ours) in _values)
        {
            string other = values.Remove(name, out string? value) ? value : NotGiven;
            if (other != ours)
                yield return $"{name} is {other} in the checkpoint, {ours} here.";
        }
        foreach (var (name, value) in values)
            yield return $"{name} is {value} in the checkpoint, {NotGiven} here.";
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Seed);
        writer.Write(_values.Count);
        foreach (var (name, value) in _values)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    public static FitIdentity Read(BinaryReader reader)
    {
        var identity = new FitIdentity { Seed = reader.ReadInt32() };
        for (int count = reader.ReadInt32(); count > 0; count--)
            identity._values.Add((reader.ReadString(), reader.ReadString()));
        return identity;
    }

    // Null for what consists of values.
    private static string? Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        bool flag => flag ? "true" : "false",
        RecurrentCell cell => cell.Name,
        ClassWeight weight => $"{weight.Class}: {Text(weight.Weight)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(item => Text(item) ?? item!.ToString()))}]",
        _ => null,
    };

    private void AddProperties(string name, object options)
    {
        if (name.Length > 0)
            _values.Add((name, "given"));
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string full = name.Length == 0 ? property.Name : $"{name}.{property.Name}";
            if (!Free.Contains(full))
                Add(full, property.GetValue(options));
        }
    }
}

using System.Diagnostics;

namespace MlNetRnn;

/// <summary>
/// The file that training keeps its state in: the fit's identity, double seconds and int32 epochs done, then what each part of training
/// carries from epoch to epoch.
/// </summary>
internal sealed class TrainingCheckpoint
{
    private static readonly Checkpoint Form = new(
        "MLRNNFIT", format: 1, "a checkpoint of training", "Training.Checkpoint", otherModel: ""); // what differs is told in FitIdentity's words

    private const int Others = 1 << 26; // bytes of the history and all else

    private readonly string _path;
    private readonly int _everyEpochs;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly FitIdentity? _stored; // null where there is no file yet
    private FitIdentity? _identity;
    private byte[] _state = [];

    private TrainingCheckpoint(CheckpointOptions options)
    {
        _path = Path.GetFullPath(options.Path);
        _everyEpochs = options.EveryEpochs;
        CheckPlace();
        if (!File.Exists(_path))
            return;
        FitIdentity? stored = null;
        Form.Read(File.ReadAllBytes(_path), Source, [], reader =>
        {
            stored = FitIdentity.Read(reader);
            Seconds = reader.ReadDouble();
            Epochs = reader.ReadInt32();
            _state = reader.ReadBytes((int)(reader.BaseStream.Length - reader.BaseStream.Position));
        });
        _stored = stored;
    }

    /// <summary>The seed of the fit in the file; null where there is no file yet.</summary>
    public int? Seed => _stored?.Seed;

    /// <summary>Epochs that the file has; 0 where there is none yet.</summary>
    public int Epochs { get; private set; }

    /// <summary>Seconds that runs before took for them.</summary>
    public double Seconds { get; private set; }

    private string Source => $"The checkpoint '{_path}'";

    /// <summary>Reads the file, where there is one.</summary>
    /// <param name="options">The options; null: no checkpoint.</param>
    /// <exception cref="ArgumentException">The file cannot be where the options say.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or something else.</exception>
    public static TrainingCheckpoint? Open(CheckpointOptions? options) => options is null ? null : new(options);

    /// <summary>Takes the identity of the fit that begins, which must be that of the file.</summary>
    /// <param name="identity">The identity.</param>
    /// <param name="epochs">Epochs, at most.</param>
    /// <exception cref="InvalidOperationException">The file belongs to another fit; the message says what differs.</exception>
    public void Begin(FitIdentity identity, int epochs)
    {
        _identity = identity;
        if (_stored is not null)
        {
            string[] differences = [.. identity.Differences(_stored)];
            if (differences.Length > 0)
                throw Refused(differences);
            if (Epochs > epochs)
                throw Refused($"Training.Epochs is {epochs}, fewer than the {Epochs} epochs that were trained.");
        }
    }

    /// <summary>Checks that the state fits into a file: the weights, the best ones and up to two values of the optimizer for each.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static void CheckSize(long weights)
    {
        long most = (Array.MaxLength - Others) / (4 * sizeof(float));
        if (weights > most)
            throw new InvalidOperationException($"The network has {weights} weights; a checkpoint holds at most {most}. Choose a smaller network, or "
                + "leave Training.Checkpoint null.");
    }

    /// <summary>Hands the file's state, where there is one, to the parts of training.</summary>
    /// <exception cref="InvalidOperationException">A part cannot go on from it; the message says why.</exception>
    public void Restore(IEnumerable<IStateful> parts)
    {
        if (_stored is null)
            return;
        using var reader = new BinaryReader(new MemoryStream(_state));
        _state = [];
        try
        {
            foreach (var part in parts)
                part.Read(reader);
        }
        catch (InvalidDataException e)
        {
            throw Refused(e.Message);
        }
    }

    /// <summary>Whether the end of an epoch is one to write at.</summary>
    public bool IsDue(int epoch) => epoch % _everyEpochs == 0;

    /// <summary>Writes the state of the parts at the end of an epoch.</summary>
    /// <exception cref="IOException">The file cannot be written; the one that was there stays.</exception>
    public void Write(int epoch, IEnumerable<IStateful> parts) => AtomicFile.Write(_path, stream => Form.Write(stream, [], writer =>
    {
        _identity!.Write(writer);
        writer.Write(Seconds + Stopwatch.GetElapsedTime(_start).TotalSeconds);
        writer.Write(epoch);
        foreach (var part in parts)
            part.Write(writer);
    }));

    private void CheckPlace()
    {
        var problems = new Problems();
        string folder = Path.GetDirectoryName(_path) ?? _path;
        problems.AddIf(!Directory.Exists(folder), $"the folder '{folder}' does not exist; create it or choose another.");
        problems.AddIf(Directory.Exists(_path), "that is a folder; name a file in it.");
        problems.ThrowIfAny($"Training.Checkpoint.Path is '{_path}'");
    }

    private InvalidOperationException Refused(params string[] differences) => new(
        $"{Source} belongs to another fit, from which training cannot go on:{string.Concat(differences.Select(d => $"{Environment.NewLine}  - {d}"))}"
            + $"{Environment.NewLine}Delete the file to begin anew, or name another path in Training.Checkpoint.");
}

using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Scores single rows: what <c>PredictionEngine</c> calls.</summary>
internal sealed class ScoreRowMapper(ScoreBindings bindings, SessionCache sessions) : IRowToRowMapper
{
    public DataViewSchema InputSchema => bindings.InputSchema;

    public DataViewSchema OutputSchema => bindings.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        bindings.Dependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new ScoredRow(input, bindings, sessions, [.. activeColumns.Select(c => c.Index)]);

    private sealed class ScoredRow : WrappingRow
    {
        private readonly ScoreBindings _bindings;
        private readonly HashSet<int> _active;
        private readonly LoadedModel? _loaded;
        private readonly SequenceRun? _run;
        private readonly ValueGetter<VBuffer<float>>? _sequence;
        private VBuffer<float> _buffer;
        private long _scoredPosition = long.MinValue;
        private bool _disposed;

        public ScoredRow(DataViewRow input, ScoreBindings bindings, SessionCache sessions, HashSet<int> active)
            : base(input)
        {
            _bindings = bindings;
            _active = active;
            if (!active.Any(i => i >= bindings.InputSchema.Count))
                return;
            _sequence = bindings.SequenceGetter(input);
            _loaded = sessions.Acquire();
            _run = _loaded.Runs.Rent();
        }

        public override DataViewSchema Schema => _bindings.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (_bindings.Score(column) is not { } score)
                return Input.GetGetter<TValue>(_bindings.InputSchema[column.Index]);
            if (_run is null || !IsColumnActive(column))
                throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the row was made; it has no values.");
            ScoreSource source = () =>
            {
                Score();
                return _run.Output(score.Output, 0, SequenceShape.OutputSteps(_bindings.Manifest, _buffer.Length));
            };
            return LinkedCursor.CheckedGetter<TValue>(score.Getter(source), column);
        }

        protected override void DisposeCore(bool disposing)
        {
            if (!disposing || _loaded is null || _disposed)
                return;
            _disposed = true;
            _loaded.Runs.Return(_run!);
            _loaded.Release();
        }

        // Once a row, however many output columns are read; PredictionEngine moves its row's position with each prediction.
        private void Score()
        {
            if (_scoredPosition == Input.Position)
                return;
            _sequence!(ref _buffer);
            _bindings.CheckLength(_buffer.Length, Math.Max(Input.Position, 0));
            _run!.Begin(1, SequenceShape.Steps(_bindings.Manifest, _buffer.Length));
            _buffer.CopyTo(_run.Row(0, _buffer.Length));
            _run.Run();
            _scoredPosition = Input.Position;
        }
    }
}

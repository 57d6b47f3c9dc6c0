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
        private readonly SequenceRunner? _runner;
        private readonly ValueGetter<VBuffer<float>>? _sequence;
        private VBuffer<float> _buffer;
        private long _scoredPosition = long.MinValue;

        public ScoredRow(DataViewRow input, ScoreBindings bindings, SessionCache sessions, HashSet<int> active)
            : base(input)
        {
            _bindings = bindings;
            _active = active;
            if (!active.Any(i => i >= bindings.InputSchema.Count))
                return;
            _sequence = input.GetGetter<VBuffer<float>>(bindings.FeatureColumn);
            _runner = new SequenceRunner(sessions, 1);
        }

        public override DataViewSchema Schema => _bindings.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            int output = _bindings.OutputIndex(column);
            if (output < 0)
                return Input.GetGetter<TValue>(_bindings.InputSchema[column.Index]);
            if (_runner is null || !IsColumnActive(column))
                throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the row was made; it has no values.");
            return ScoreGetter.Create<TValue>(column, () =>
            {
                Score();
                return _runner.Output(output, 0);
            });
        }

        protected override void DisposeCore(bool disposing)
        {
            if (disposing)
                _runner?.Dispose();
        }

        // Once a row, however many output columns are read; PredictionEngine moves its row's position with each prediction.
        private void Score()
        {
            if (_scoredPosition == Input.Position)
                return;
            _sequence!(ref _buffer);
            _bindings.CheckLength(_buffer.Length, Math.Max(Input.Position, 0));
            _buffer.CopyTo(_runner!.Input(0, _buffer.Length));
            _runner.Run(1);
            _scoredPosition = Input.Position;
        }
    }
}

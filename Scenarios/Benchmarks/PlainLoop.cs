using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>The training loop that a user of TorchSharp would write by hand: preloaded tensors, modules, Adam, clipping.</summary>
internal sealed class PlainLoop : IDisposable
{
    private readonly BenchmarkCase _case;
    private readonly torch.Tensor _x; // [N, T, F]
    private readonly torch.Tensor _y; // [N, 1]
    private readonly Network _network;
    private readonly torch.optim.Optimizer _optimizer;

    public PlainLoop(BenchmarkCase shape, float[] windows, float[] labels)
    {
        _case = shape;
        _x = torch.tensor(windows, [labels.Length, shape.Steps, shape.Features]);
        _y = torch.tensor(labels, [labels.Length, 1]);
        _network = new Network(shape);
        _network.train();
        _optimizer = torch.optim.Adam(_network.parameters(), 1e-3);
    }

    /// <summary>Trains an epoch over the first windows and gives its windows per second.</summary>
    public double Epoch(int count)
    {
        long start = Stopwatch.GetTimestamp();
        using var order = torch.randperm(count);
        for (long at = 0; at < count; at += _case.Batch)
        {
            using var scope = torch.NewDisposeScope();
            var indices = order.slice(0, at, Math.Min(at + _case.Batch, count), 1);
            var prediction = _network.call(_x.index_select(0, indices));
            var loss = torch.nn.functional.mse_loss(prediction, _y.index_select(0, indices));
            _optimizer.zero_grad();
            loss.backward();
            torch.nn.utils.clip_grad_norm_(_network.parameters(), 1);
            _optimizer.step();
        }
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _x.Dispose();
        _y.Dispose();
    }

    /// <summary>The default network: two recurrent layers, dropout after each, a dense ReLU layer and a linear head.</summary>
    private sealed class Network : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly TorchLayer _first;
        private readonly TorchLayer _second;
        private readonly Dropout _dropout = torch.nn.Dropout(0.2);
        private readonly Linear _dense;
        private readonly Linear _head;

        public Network(BenchmarkCase shape)
            : base(nameof(Network))
        {
            int directions = shape.Bidirectional ? 2 : 1, half = shape.Hidden / 2;
            _first = new TorchLayer(shape.Cell, shape.Features, shape.Hidden);
            _second = new TorchLayer(shape.Cell, shape.Hidden * directions, half);
            _dense = torch.nn.Linear(half * directions, 32);
            _head = torch.nn.Linear(32, 1);
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            var sequence = _dropout.call(_first.call(input).Steps);                               // [B, T, D·H]
            var last = _second.call(sequence).Last;                                               // [B, D·H]
            return _head.call(torch.nn.functional.relu(_dense.call(_dropout.call(last))));        // [B, 1]
        }
    }
}
